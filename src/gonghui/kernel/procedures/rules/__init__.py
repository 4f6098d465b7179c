"""Pure rules of procedures: what a definition says, whether it can work, what a form accepts, when time is up."""
