"""The control family: small MuJoCo tasks with sparse success, stepped as one batch."""
