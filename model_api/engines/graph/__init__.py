"""ONNX files run by torch: a file is read into steps, each an operator of torch; nothing is generated or compiled."""
