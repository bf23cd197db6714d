package dev.yodel.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** What a user of the library takes along: read from the poms, held to a list, written as a bill of materials. */
class DependenciesTest {
    /** The only libraries of others, and the module that may have each; the optional ones need the user's consent. */
    private static final Map<String, Set<String>> ALLOWED = new TreeMap<>(Map.of(
            "org.slf4j:slf4j-api", Set.of("io", "ice", "dtls-srtp", "media", "webrtc-api", "sctp", "simulator", "whip"),
            "org.jspecify:jspecify", Library.MODULE_NAMES.keySet(),
            "org.bouncycastle:bctls-jdk18on", Set.of("dtls-srtp"),
            "org.bouncycastle:bcprov-jdk18on", Set.of("dtls-srtp"),
            "net.java.dev.jna:jna", Set.of("io", "media"),
            "club.minnced:opus-java", Set.of("media")));

    private static final Set<String> OPTIONAL = Set.of("net.java.dev.jna:jna", "club.minnced:opus-java");

    @Test
    void J12_theLibraryTakesAlongTheseLibrariesAndNoOthers() throws IOException {
        Set<String> found = new TreeSet<>();
        for (String module : Library.MODULE_NAMES.keySet()) {
            for (Element dependency :
                    dependencies(SourceTree.root().resolve(module).resolve("pom.xml"))) {
                String name = text(dependency, "groupId") + ":" + text(dependency, "artifactId");
                if (text(dependency, "scope").equals("test") || name.startsWith("dev.yodel:")) {
                    continue;
                }
                assertThat(ALLOWED.getOrDefault(name, Set.of()))
                        .as("modules that may depend on %s; a new library needs a reason in docs/architecture.md", name)
                        .contains(module);
                assertThat(text(dependency, "optional").equals("true"))
                        .as("%s is optional in %s", name, module)
                        .isEqualTo(OPTIONAL.contains(name));
                found.add(name);
            }
        }
        Map<String, String> versions = versions();
        String components = found.stream()
                .map(name -> component(name, versions.getOrDefault(name, "")))
                .collect(Collectors.joining(",\n"));
        Path target = Path.of("target");
        Files.createDirectories(target);
        Files.writeString(
                target.resolve("yodel-sbom.json"),
                "{\n \"bomFormat\": \"CycloneDX\",\n \"specVersion\": \"1.5\",\n \"version\": 1,\n \"components\": [\n"
                        + components + "\n ]\n}\n");
        assertThat(found).allSatisfy(name -> assertThat(versions.getOrDefault(name, ""))
                .as("pinned version of %s", name)
                .isNotBlank()
                .doesNotContain("SNAPSHOT", "RELEASE", "LATEST", "["));
    }

    /** 1.84 is the newest that resolves; 1.85 and later mend the reassembly of handshakes and are to be taken up. */
    @Test
    void J12_bouncyCastleIsAtLeastTheVersionThatWasChecked() {
        Map<String, String> versions = versions();
        assertThat(List.of("bctls-jdk18on", "bcprov-jdk18on"))
                .allSatisfy(artifact -> assertThat(versions.getOrDefault("org.bouncycastle:" + artifact, "0"))
                        .matches(version -> Double.parseDouble(version) >= 1.84));
    }

    @Test
    void J12_bouncyCastleNeverSeesADatagramThatWeDidNotReassemble() {
        new Rule(
                        "Bouncy Castle reassembles handshake fragments with unchecked lengths (CVE-2026-59646)",
                        "give dtls.bc what HandshakeAssembler has put together, never a datagram from the network")
                .noDependency(
                        Library.classes().filter(type -> Library.isIn(type, List.of("dev.yodel.dtls.bc"))),
                        dependency -> Set.of("dev.yodel.io.Datagram", "dev.yodel.io.UdpPort", "dev.yodel.io.StreamPort")
                                .contains(dependency.getTargetClass().getName()));
        assertThat(Library.classes()
                        .filter(type -> type.getName().equals("dev.yodel.dtls.engine.DtlsAssociation"))
                        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                        .map(dependency -> dependency.getTargetClass())
                        .map(JavaClass::getName))
                .contains("dev.yodel.dtls.engine.HandshakeAssembler");
    }

    private static String component(String name, String version) {
        String group = name.substring(0, name.indexOf(':'));
        String artifact = name.substring(name.indexOf(':') + 1);
        return "  {\"type\": \"library\", \"group\": \"%s\", \"name\": \"%s\", \"version\": \"%s\", \"scope\": \"%s\", \"purl\": \"pkg:maven/%s/%s@%s\"}"
                .formatted(
                        group,
                        artifact,
                        version,
                        OPTIONAL.contains(name) ? "optional" : "required",
                        group,
                        artifact,
                        version);
    }

    /** The versions that the root pom pins, properties resolved. */
    private static Map<String, String> versions() {
        Document pom = parse(SourceTree.root().resolve("pom.xml"));
        Map<String, String> properties = new TreeMap<>();
        Element block = (Element) pom.getElementsByTagName("properties").item(0);
        for (Element property : elements(block.getChildNodes())) {
            properties.put("${" + property.getTagName() + "}", property.getTextContent());
        }
        Map<String, String> versions = new TreeMap<>();
        for (Element dependency : elements(pom.getElementsByTagName("dependency"))) {
            String version = text(dependency, "version");
            versions.putIfAbsent(
                    text(dependency, "groupId") + ":" + text(dependency, "artifactId"),
                    properties.getOrDefault(version, version));
        }
        return versions;
    }

    private static List<Element> dependencies(Path pom) {
        return elements(parse(pom).getElementsByTagName("dependency"));
    }

    private static Document parse(Path pom) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(pom.toFile());
        } catch (IOException | ParserConfigurationException | SAXException e) {
            throw new IllegalStateException("cannot read " + pom, e);
        }
    }

    private static List<Element> elements(NodeList nodes) {
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(Element.class::isInstance)
                .map(Element.class::cast)
                .toList();
    }

    private static String text(Element parent, String child) {
        NodeList found = parent.getElementsByTagName(child);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent();
    }
}
