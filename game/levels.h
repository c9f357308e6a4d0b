// The levels: which bricks a wall has.
#pragma once

/// How often the ball must hit that brick; 0: there is no brick. Levels count from 1.
int hitsNeeded(int level, int row, int column);
