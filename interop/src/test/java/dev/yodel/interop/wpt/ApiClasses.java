package dev.yodel.interop.wpt;

import dev.yodel.webrtc.PeerConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The public API under its W3C names: the class is W3C's name without the prefix RTC, or with it as a word; members
 * have W3C's names. Case is ignored, because Java writes acronyms as words.
 */
final class ApiClasses {
    private final Map<String, Class<?>> byName = new HashMap<>();
    private final Map<Class<?>, Map<String, List<Method>>> methods = new ConcurrentHashMap<>();

    ApiClasses() {
        String folder = PeerConnection.class.getPackageName().replace('.', '/');
        try {
            URI root = PeerConnection.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            Path path = Path.of(root);
            if (Files.isDirectory(path)) {
                read(path.resolve(folder));
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(path)) {
                    read(jar.getPath(folder));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.endsWith(".class") || name.contains("$") || name.contains("-")) {
                    continue;
                }
                String simple = name.substring(0, name.length() - ".class".length());
                try {
                    Class<?> type = Class.forName(PeerConnection.class.getPackageName() + "." + simple);
                    if (Modifier.isPublic(type.getModifiers())) {
                        byName.put(simple.toLowerCase(Locale.ROOT), type);
                    }
                } catch (ClassNotFoundException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    /** The class of a W3C interface or dictionary; null if there is none. */
    @Nullable
    Class<?> of(String w3cName) {
        String lower = w3cName.toLowerCase(Locale.ROOT);
        Class<?> exact = byName.get(lower);
        if (exact != null || !lower.startsWith("rtc")) {
            return exact;
        }
        return byName.get(lower.substring("rtc".length()));
    }

    /** W3C's name of an object's class, out of those known; the class's own if none fits. */
    String nameOf(Object object, List<String> w3cNames) {
        for (Class<?> type : publicTypes(object.getClass())) {
            for (String name : w3cNames) {
                if (type.equals(of(name))) {
                    return name;
                }
            }
        }
        return object.getClass().getSimpleName();
    }

    /** Methods of a name, those with the most parameters first. */
    List<Method> methods(Class<?> type, String lowerName) {
        return methods.computeIfAbsent(type, ApiClasses::collect).getOrDefault(lowerName, List.of());
    }

    private static Map<String, List<Method>> collect(Class<?> type) {
        Map<String, List<Method>> found = new HashMap<>();
        for (Class<?> visible : publicTypes(type)) {
            for (Method method : visible.getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers()) && !method.isBridge()) {
                    found.computeIfAbsent(method.getName().toLowerCase(Locale.ROOT), k -> new ArrayList<>())
                            .add(method);
                }
            }
        }
        for (List<Method> list : found.values()) {
            // WebIDL calls the dictionary that stands for an interface its Init: such a form takes any page's object.
            list.sort(Comparator.comparingInt(Method::getParameterCount)
                    .reversed()
                    .thenComparing(method -> !takesInit(method)));
        }
        return found;
    }

    private static boolean takesInit(Method method) {
        Class<?>[] types = method.getParameterTypes();
        return types.length > 0 && types[0].getSimpleName().endsWith("Init");
    }

    /** The classes and interfaces whose methods may be called from here. */
    private static List<Class<?>> publicTypes(Class<?> type) {
        List<Class<?>> types = new ArrayList<>();
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            if (Modifier.isPublic(at.getModifiers()) && !at.equals(Object.class)) {
                types.add(at);
            }
            for (Class<?> implemented : at.getInterfaces()) {
                types.addAll(publicTypes(implemented));
            }
        }
        return types;
    }

    /** Names and numbers of parameters of a class's methods. */
    Set<String> members(Class<?> type) {
        Set<String> members = new TreeSet<>();
        methods.computeIfAbsent(type, ApiClasses::collect)
                .forEach((name, list) -> list.forEach(m -> members.add(name + "/" + m.getParameterCount())));
        return members;
    }

    /** The zero-argument method of a name; null if there is none. */
    @Nullable
    Method getter(Class<?> type, String name) {
        return methods(type, name.toLowerCase(Locale.ROOT)).stream()
                .filter(m -> m.getParameterCount() == 0 && !Modifier.isStatic(m.getModifiers()))
                .findFirst()
                .orElse(null);
    }

    static boolean isStatic(Method method) {
        return Modifier.isStatic(method.getModifiers());
    }

    @Override
    public String toString() {
        return "API " + Arrays.toString(byName.keySet().toArray());
    }
}
