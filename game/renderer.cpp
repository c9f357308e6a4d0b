// Shows a canvas: uploads its shapes, then draws all of them as instances of one rectangle.
#include "renderer.h"

#include "canvas.h"
#include "field.h"
#include "shaders.h"

#include <epoxy/gl.h>

#include <cstddef>
#include <cstdio>

namespace {

Color barColor() { return rgb(0x05070f); }

GLuint compileShader(GLenum kind, const char *source) {
  const GLuint shader = glCreateShader(kind);
  glShaderSource(shader, 1, &source, nullptr);
  glCompileShader(shader);
  GLint compiled = GL_FALSE;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &compiled);
  if (compiled == GL_TRUE)
    return shader;
  char reason[1024] = "";
  glGetShaderInfoLog(shader, sizeof reason, nullptr, reason);
  std::fprintf(stderr, "breakout: a shader does not compile: %s\n", reason);
  glDeleteShader(shader);
  return 0;
}

GLuint linkProgram(GLuint vertexShader, GLuint fragmentShader) {
  const GLuint program = glCreateProgram();
  glAttachShader(program, vertexShader);
  glAttachShader(program, fragmentShader);
  glLinkProgram(program);
  GLint linked = GL_FALSE;
  glGetProgramiv(program, GL_LINK_STATUS, &linked);
  if (linked == GL_TRUE)
    return program;
  char reason[1024] = "";
  glGetProgramInfoLog(program, sizeof reason, nullptr, reason);
  std::fprintf(stderr, "breakout: the shaders do not link: %s\n", reason);
  glDeleteProgram(program);
  return 0;
}

GLuint createProgram() {
  const GLuint vertexShader = compileShader(GL_VERTEX_SHADER, vertexShaderSource);
  const GLuint fragmentShader = compileShader(GL_FRAGMENT_SHADER, fragmentShaderSource);
  const bool compiled = vertexShader != 0 && fragmentShader != 0;
  const GLuint program = compiled ? linkProgram(vertexShader, fragmentShader) : 0;
  glDeleteShader(vertexShader);
  glDeleteShader(fragmentShader);
  return program;
}

/// Names one member of Shape as the input of that number of the vertex shader.
void describeInput(GLuint number, GLint floats, std::size_t offset) {
  glEnableVertexAttribArray(number);
  glVertexAttribPointer(number, floats, GL_FLOAT, GL_FALSE, sizeof(Shape),
                        reinterpret_cast<const void *>(offset));
  glVertexAttribDivisor(number, 1);
}

void createShapeBuffer(Renderer &renderer) {
  glGenVertexArrays(1, &renderer.vertexArray);
  glBindVertexArray(renderer.vertexArray);
  glGenBuffers(1, &renderer.shapeBuffer);
  glBindBuffer(GL_ARRAY_BUFFER, renderer.shapeBuffer);
  describeInput(0, 4, offsetof(Shape, center)); // With the size behind it.
  describeInput(1, 4, offsetof(Shape, corner)); // With angle, glow and glowStrength.
  describeInput(2, 4, offsetof(Shape, top));
  describeInput(3, 4, offsetof(Shape, bottom));
}

/// The largest part of the window that has the field's shape, in its middle.
void setViewport(int width, int height) {
  const float wide = static_cast<float>(width) / fieldWidth;
  const float high = static_cast<float>(height) / fieldHeight;
  const float scale = wide < high ? wide : high;
  const int fieldPixelsX = static_cast<int>(fieldWidth * scale + 0.5f);
  const int fieldPixelsY = static_cast<int>(fieldHeight * scale + 0.5f);
  glViewport((width - fieldPixelsX) / 2, (height - fieldPixelsY) / 2, fieldPixelsX, fieldPixelsY);
}

void uploadShapes(const Renderer &renderer, const Canvas &canvas) {
  const auto bytes = static_cast<GLsizeiptr>(canvas.shapes.size() * sizeof(Shape));
  glBindBuffer(GL_ARRAY_BUFFER, renderer.shapeBuffer);
  glBufferData(GL_ARRAY_BUFFER, bytes, canvas.shapes.data(), GL_STREAM_DRAW);
}

} // namespace

bool createRenderer(Renderer &renderer) {
  renderer.program = createProgram();
  if (renderer.program == 0)
    return false;
  renderer.fieldUniform = glGetUniformLocation(renderer.program, "field");
  renderer.offsetUniform = glGetUniformLocation(renderer.program, "offset");
  createShapeBuffer(renderer);
  return true;
}

void destroyRenderer(Renderer &renderer) {
  glDeleteBuffers(1, &renderer.shapeBuffer);
  glDeleteVertexArrays(1, &renderer.vertexArray);
  glDeleteProgram(renderer.program);
  renderer = {};
}

void show(const Renderer &renderer, const Canvas &canvas, int width, int height) {
  setViewport(width, height);
  glClearColor(barColor().r, barColor().g, barColor().b, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  glEnable(GL_BLEND);
  glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glUseProgram(renderer.program);
  glUniform2f(renderer.fieldUniform, fieldWidth, fieldHeight);
  glUniform2f(renderer.offsetUniform, canvas.offset.x, canvas.offset.y);
  glBindVertexArray(renderer.vertexArray);
  uploadShapes(renderer, canvas);
  glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, static_cast<GLsizei>(canvas.shapes.size()));
}
