/* Needs libprice.so. */
int price(void);
int main(void) { return price() - 1; }
