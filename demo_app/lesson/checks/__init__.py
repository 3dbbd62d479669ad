"""The exercises of the lessons, one module for each lesson."""
