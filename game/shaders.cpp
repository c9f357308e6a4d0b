// The two shaders that draw a shape: a rounded rectangle with a gradient and a glow.
#include "shaders.h"

const char *const vertexShaderSource = R"(#version 330 core
layout(location = 0) in vec4 box;   // centre, size
layout(location = 1) in vec4 form;  // corner, angle, glow, glow strength
layout(location = 2) in vec4 top;
layout(location = 3) in vec4 bottom;

uniform vec2 field;
uniform vec2 offset;

out vec2 point;  // from the centre of the shape, not turned
flat out vec2 halfSize;
flat out vec4 shapeForm;
flat out vec4 topColor;
flat out vec4 bottomColor;

void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
  halfSize = box.zw * 0.5;
  shapeForm = form;
  topColor = top;
  bottomColor = bottom;
  point = corner * (halfSize + max(form.z, 2.0));
  float c = cos(form.y), s = sin(form.y);
  vec2 turned = vec2(c * point.x - s * point.y, s * point.x + c * point.y);
  vec2 position = (box.xy + turned + offset) / field * 2.0 - 1.0;
  gl_Position = vec4(position.x, -position.y, 0.0, 1.0);
}
)";

const char *const fragmentShaderSource = R"(#version 330 core
in vec2 point;
flat in vec2 halfSize;
flat in vec4 shapeForm;
flat in vec4 topColor;
flat in vec4 bottomColor;

out vec4 pixel;  // premultiplied; light alone has no alpha and only adds

float distanceToEdge(float corner) {
  vec2 q = abs(point) - halfSize + corner;
  return length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - corner;
}

float noise() {  // hides the steps of slow gradients
  return fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715)))) - 0.5;
}

void main() {
  float corner = min(shapeForm.x, min(halfSize.x, halfSize.y));
  float distance = distanceToEdge(corner);
  float inside = clamp(0.5 - distance / max(length(vec2(dFdx(distance), dFdy(distance))), 0.0001), 0.0, 1.0);
  float fall = clamp(1.0 - distance / max(shapeForm.z, 0.001), 0.0, 1.0);
  float light = shapeForm.w * fall * fall * fall * (1.0 - inside);

  float down = clamp(point.y / max(2.0 * halfSize.y, 0.001) + 0.5, 0.0, 1.0);
  vec4 color = mix(topColor, bottomColor, down);
  color.rgb += noise() * 1.5 / 255.0;
  pixel = vec4(color.rgb * color.a * (inside + light), color.a * inside);
}
)";
