#include <climits>

int add(int a, int b) { return a + b; }

int main(int argc, char **) { return add(argc, INT_MAX) == 0; }
