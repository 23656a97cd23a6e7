// Nobody waits for the promise that fails.
async function loadPrices() {
  throw new Error("price list has no currency");
}
console.log("service starting");
loadPrices();
