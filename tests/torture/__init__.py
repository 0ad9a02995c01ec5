"""What no user should ever see, done on purpose: crowds on one workspace, and processes killed at any moment."""
