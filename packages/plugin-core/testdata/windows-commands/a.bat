ver
dir