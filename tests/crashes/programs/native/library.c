/* A library that is gone when the program starts. */
int price(void) { return 1; }
