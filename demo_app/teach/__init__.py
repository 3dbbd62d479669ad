"""What is made of the lessons: their recorded outputs, slides, and a blank copy for live coding."""
