"""What Tenor is compared with, each as its own users would set it up."""
