"""Code that CloudFormation runs during a deployment, where it lacks a property we need."""
