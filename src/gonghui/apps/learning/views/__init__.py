"""Pages of quizzes and reading: the desk, the bank, the phone."""
