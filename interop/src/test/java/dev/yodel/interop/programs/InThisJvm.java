package dev.yodel.interop.programs;

import dev.yodel.architecture.SourceTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Runs the programs in this JVM, which is warm: all are compiled at once, as strictly as javac can, and a command
 * {@code java -cp … folder/Program.java arguments} becomes a call of its {@code main}. Other commands go to a shell.
 */
final class InThisJvm implements AutoCloseable {
    private final URLClassLoader classes;
    private final PrintStream before = System.out;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    InThisJvm(Path folder) {
        try {
            compile(folder);
            classes = new URLClassLoader(new URL[] {folder.toUri().toURL()}, InThisJvm.class.getClassLoader());
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
        System.setOut(new PrintStream(new Lines(), true, StandardCharsets.UTF_8));
    }

    /** Splits what is printed into lines. Called by the PrintStream under its lock. */
    private final class Lines extends ByteArrayOutputStream {
        @Override
        public synchronized void flush() {
            String text = toString(StandardCharsets.UTF_8);
            int end = text.lastIndexOf('\n');
            if (end >= 0) {
                String root = SourceTree.root() + "/";
                text.substring(0, end).lines().forEach(line -> lines.add(line.replace(root, "")));
                byte[] rest = text.substring(end + 1).getBytes(StandardCharsets.UTF_8);
                reset();
                write(rest, 0, rest.length);
            }
        }
    }

    static List<Path> programs() {
        try (Stream<Path> files = Files.list(SourceTree.root().resolve("examples"))) {
            List<Path> found = new ArrayList<>();
            for (Path folder : files.filter(file -> Files.exists(file.resolve("README.md")))
                    .sorted()
                    .toList()) {
                try (Stream<Path> sources = Files.list(folder)) {
                    found.addAll(sources.filter(source -> source.toString().endsWith(".java"))
                            .toList());
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compile(Path folder) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean good = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of(
                                    "-d",
                                    folder.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    "-proc:none",
                                    "-Xlint:all,-path,-processing",
                                    "-Werror"),
                            null,
                            files.getJavaFileObjectsFromPaths(programs()))
                    .call();
            if (!good) {
                throw new AssertionError("the examples do not compile:\n" + messages);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Running start(String command) {
        int source = command.indexOf(".java");
        if (!command.startsWith("java ") || source < 0) {
            return ShellCommand.start(command);
        }
        String name = command.substring(command.lastIndexOf('/', source) + 1, source);
        String rest = command.substring(source + ".java".length()).strip();
        return new Program(name, rest.isEmpty() ? new String[0] : rest.split(" ", -1));
    }

    private final class Program implements Running {
        private final Thread thread;
        private final int linesBefore = lines.size();
        private volatile @Nullable Throwable failure;

        Program(String name, String[] arguments) {
            // Paths in commands are meant from the root of the repository.
            String[] absolute = new String[arguments.length];
            for (int i = 0; i < arguments.length; i++) {
                absolute[i] = arguments[i].startsWith("examples/")
                        ? SourceTree.root().resolve(arguments[i]).toString()
                        : arguments[i];
            }
            thread = new Thread(() -> run(name, absolute), "test-program-" + name);
            thread.setDaemon(true);
            thread.start();
        }

        private void run(String name, String[] arguments) {
            try {
                Method main = classes.loadClass(name).getMethod("main", String[].class);
                // A test of JUnit is no public class.
                main.setAccessible(true);
                main.invoke(null, (Object) arguments);
            } catch (InvocationTargetException e) {
                if (!(e.getCause() instanceof InterruptedException)) {
                    failure = e.getCause();
                    lines.add("failed: " + e.getCause());
                }
            } catch (ReflectiveOperationException e) {
                failure = e;
                lines.add("failed: " + e);
            }
        }

        @Override
        public List<String> lines() {
            List<String> all = List.copyOf(lines);
            return all.subList(linesBefore, all.size());
        }

        @Override
        public boolean isAlive() {
            return thread.isAlive();
        }

        @Override
        public int exitCode() {
            return failure == null ? 0 : 1;
        }

        @Override
        public void close() {
            thread.interrupt();
            try {
                thread.join(20_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (thread.isAlive()) {
                throw new AssertionError(thread.getName() + " does not end when it is interrupted");
            }
        }
    }

    @Override
    public void close() throws IOException {
        System.setOut(before);
        classes.close();
    }
}
