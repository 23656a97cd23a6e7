// A server that knows nothing of holdfast. Told to, it ignores the end: its hook never returns.
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

public class Server {
    public static void main(String[] arguments) throws Exception {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 16);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 3);
            exchange.getResponseBody().write("ok\n".getBytes());
            exchange.close();
        });
        boolean hangs = arguments.length > 1;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            System.out.println("stopping");
            while (hangs) {
                try {
                    Thread.sleep(1000);
                } catch (InterruptedException ignored) {
                    Thread.currentThread().interrupt();
                }
            }
            server.stop(0);
        }, "a-hook-that-hangs"));
        server.start();
        System.out.println("listening");
    }
}
