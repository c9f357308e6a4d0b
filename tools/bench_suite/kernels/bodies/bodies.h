// Bodies that attract each other.
#pragma once

struct Vec {
  double x, y, z;
};

struct Body {
  Vec at, speed;
  double mass;
};

constexpr int Count = 5;

/// Moves all bodies by a moment.
void advance(Body (&bodies)[Count], double seconds);
/// Kinetic and potential energy of all.
double energy(const Body (&bodies)[Count]);
