"""What answers look like, for the API's description: one file per topic; see answers.py."""
