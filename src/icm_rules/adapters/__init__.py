"""Outside shapes in and out: each module reads or writes one of them, and decides nothing."""
