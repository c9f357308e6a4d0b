#include "bodies.h"

#include <cmath>

static Vec operator-(const Vec &a, const Vec &b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
static double dot(const Vec &a, const Vec &b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static void add(Vec &a, const Vec &b, double times) {
  a.x += b.x * times;
  a.y += b.y * times;
  a.z += b.z * times;
}

void advance(Body (&bodies)[Count], double seconds) {
  for (int i = 0; i < Count; ++i)
    for (int j = i + 1; j < Count; ++j) {
      Vec apart = bodies[i].at - bodies[j].at;
      double square = dot(apart, apart);
      double pull = seconds / (square * std::sqrt(square));
      add(bodies[i].speed, apart, -bodies[j].mass * pull);
      add(bodies[j].speed, apart, bodies[i].mass * pull);
    }
  for (Body &b : bodies)
    add(b.at, b.speed, seconds);
}

double energy(const Body (&bodies)[Count]) {
  double sum = 0;
  for (int i = 0; i < Count; ++i) {
    sum += 0.5 * bodies[i].mass * dot(bodies[i].speed, bodies[i].speed);
    for (int j = i + 1; j < Count; ++j) {
      Vec apart = bodies[i].at - bodies[j].at;
      sum -= bodies[i].mass * bodies[j].mass / std::sqrt(dot(apart, apart));
    }
  }
  return sum;
}
