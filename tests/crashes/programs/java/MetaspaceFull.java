import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;

/** Makes classes without end, as a framework that generates them for each request does. */
class MetaspaceFull {
    interface Marker {}

    public static void main(String[] args) {
        List<Object> kept = new ArrayList<>();
        URL[] here = {MetaspaceFull.class.getProtectionDomain().getCodeSource().getLocation()};
        while (true) {
            try {
                ClassLoader loader = new URLClassLoader(here, null);
                Class<?> marker = loader.loadClass("MetaspaceFull$Marker");
                kept.add(Proxy.newProxyInstance(loader, new Class<?>[] {marker}, (p, m, a) -> null));
            } catch (ClassNotFoundException missing) {
                throw new IllegalStateException(missing);
            }
        }
    }
}
