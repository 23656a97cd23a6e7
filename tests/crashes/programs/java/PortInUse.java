import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Listens twice on the same port. */
class PortInUse {
    public static void main(String[] args) throws IOException {
        ServerSocket first = new ServerSocket(0);
        ServerSocket second = new ServerSocket();
        second.bind(new InetSocketAddress(first.getLocalPort()));
    }
}
