"""What a teacher makes of the lessons: slides, and a blank copy for live coding."""
