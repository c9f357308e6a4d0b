// Shows a canvas in the window, with OpenGL 3.3: all of its shapes in one draw call.
#pragma once

struct Canvas;

struct Renderer {
  unsigned program = 0;
  unsigned vertexArray = 0;
  unsigned shapeBuffer = 0;
  int fieldUniform = -1;
  int offsetUniform = -1;
};

/// Needs a current OpenGL context. False where the shaders don't compile; the reason is on stderr.
bool createRenderer(Renderer &renderer);

void destroyRenderer(Renderer &renderer);

/// Fills a framebuffer of that many pixels; bars remain where its shape is not the field's.
void show(const Renderer &renderer, const Canvas &canvas, int width, int height);
