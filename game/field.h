// The size of the playing field, in the units of all positions. y grows downwards.
#pragma once

inline constexpr float fieldWidth = 960;
inline constexpr float fieldHeight = 600;
inline constexpr float ceilingY = 64; // The score stands above.
