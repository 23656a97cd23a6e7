/** Starts a thread for each request and never ends one. */
class ThreadsFull {
    public static void main(String[] args) {
        while (true) {
            Thread worker = new Thread(() -> {
                try {
                    Thread.sleep(Long.MAX_VALUE);
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            });
            worker.setDaemon(true);
            worker.start();
        }
    }
}
