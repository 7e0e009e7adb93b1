"""EfficientNet-b0: data stream, start weights, training."""
