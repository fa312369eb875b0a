"""What retraining does to texts nobody asked about, to new texts, to the next round."""
