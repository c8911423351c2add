"""What a university knows of a mobility: institutions, agreement, participant, stay; frozen values."""
