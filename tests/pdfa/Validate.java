import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Asks veraPDF about files: against what each claims to be (PDF/A) and PDF/UA-1.
 *
 * Prints, with tabs between: file, profile, "true" or "false", how much was looked at; below it each rule that is
 * broken, begun with a tab. A file that claims nothing has the profile "none".
 */
public final class Validate {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : files) {
            judge(file, null);
            judge(file, PDFAFlavour.PDFUA_1);
        }
    }

    private static void judge(String file, PDFAFlavour wanted) throws Exception {
        try (InputStream bytes = Files.newInputStream(Path.of(file));
                PDFAParser pdf = Foundries.defaultInstance().createParser(bytes)) {
            PDFAFlavour flavour = wanted != null ? wanted : pdf.getFlavour();
            if (flavour == PDFAFlavour.NO_FLAVOUR) {
                System.out.printf("%s\tnone\tfalse\t0%n", file);
                return;
            }
            PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false);
            ValidationResult result = validator.validate(pdf);
            System.out.printf("%s\t%s\t%b\t%d%n", file, flavour, result.isCompliant(), result.getTotalAssertions());
            for (TestAssertion each : result.getTestAssertions()) {
                if (each.getStatus() == TestAssertion.Status.FAILED) {
                    System.out.printf("\t%s %s%n", each.getRuleId().getClause(), each.getMessage());
                }
            }
        }
    }
}
