"""What was asked: an error text, a CloudTrail event, an AWS profile, a name; each a way to come by a request."""
