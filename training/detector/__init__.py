"""YOLO-face: targets, loss, data stream, training."""
