import java.util.ArrayList;
import java.util.List;

/** Keeps everything it ever made. */
class HeapFull {
    public static void main(String[] args) {
        List<byte[]> kept = new ArrayList<>();
        while (true) {
            kept.add(new byte[1024 * 1024]);
        }
    }
}
