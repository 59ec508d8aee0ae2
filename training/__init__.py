"""Courses, lessons, quizzes and certificates for the managers of enterprises."""
