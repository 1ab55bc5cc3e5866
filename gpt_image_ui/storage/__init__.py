"""Private bytes by key, on local disk or in an S3 bucket."""
