"""An edit as something to run: AWS CLI, Terraform, CloudFormation."""
