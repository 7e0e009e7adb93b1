"""Pictures: in a folder, or in S3."""
