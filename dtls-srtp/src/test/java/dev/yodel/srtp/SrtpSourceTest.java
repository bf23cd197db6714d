package dev.yodel.srtp;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What the code of the packages that handle secrets may not do. */
final class SrtpSourceTest {
    @Test
    void S11_secretsAreNotComparedByArraysEquals() {
        var classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.yodel.srtp");
        noClasses()
                .should()
                .callMethod(Arrays.class, "equals", byte[].class, byte[].class)
                .orShould()
                .callMethod(
                        Arrays.class, "equals", byte[].class, int.class, int.class, byte[].class, int.class, int.class)
                .orShould()
                .callMethod(Arrays.class, "mismatch", byte[].class, byte[].class)
                .because("it returns early, so its time tells how much of a tag was right: fold all bytes with XOR, or"
                        + " use MessageDigest.isEqual")
                .check(classes);
    }
}
