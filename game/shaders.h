// The two shaders that draw a shape: a rounded rectangle with a gradient and a glow.
#pragma once

extern const char *const vertexShaderSource;
extern const char *const fragmentShaderSource;
