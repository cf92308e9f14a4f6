package dev.llamark.verify;

import dev.llamark.run.InputException;
import dev.llamark.run.MutantRecord;
import dev.llamark.run.OnnxTestRecord;
import dev.llamark.run.RepeatRecord;
import dev.llamark.run.ResultRecord;
import dev.llamark.run.VerifyModelRecord;
import dev.llamark.run.VerifyOpRecord;
import dev.llamark.verify.mutant.Mutant;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Verdicts as JUnit's XML, which every CI system can show: a variant is a suite. */
final class JUnitReport {

  /** One check; a peer's failure is written as skipped, for it never gates. */
  private record Check(String name, String verdict, String reason, boolean gates) {

    boolean failed() {
      return gates && verdict.equals("FAIL");
    }

    boolean skipped() {
      return verdict.equals("SKIPPED") || !gates && verdict.equals("FAIL");
    }
  }

  private final Map<String, List<Check>> suites = new LinkedHashMap<>();

  /** Notes a record; kinds without a verdict are passed over. */
  void add(ResultRecord result) {
    switch (result) {
      case VerifyOpRecord op ->
          add(op.variant(), op.caseId(), op.verdict(), op.reason(), !op.role().equals("peer"));
      case VerifyModelRecord model ->
          add(
              model.variant(),
              "model:" + model.model().name() + ":" + model.phase(),
              model.verdict(),
              model.reason(),
              !"peer".equals(model.role()));
      case OnnxTestRecord test ->
          add(
              test.variant(),
              test.caseId(),
              test.verdict(),
              test.reason(),
              !"peer".equals(test.role()));
      case RepeatRecord repeat ->
          add(
              repeat.variant(),
              "repeat:%s:%s".formatted(repeat.check(), repeat.how()),
              repeat.verdict(),
              repeat.reason(),
              !repeat.role().equals("peer"));
      case MutantRecord mutant ->
          add(
              "mutants",
              mutant.mutant() + ":" + mutant.stage(),
              mutant.caught() != mutant.mutant().equals(Mutant.CONTROL) ? "PASS" : "FAIL",
              mutant.by(),
              true);
      default -> {}
    }
  }

  private void add(String suite, String name, String verdict, String reason, boolean gates) {
    suites
        .computeIfAbsent(suite, s -> new ArrayList<>())
        .add(new Check(name, verdict, reason == null ? "" : reason, gates));
  }

  /** Writes the file. */
  void write(Path file) {
    try {
      if (file.toAbsolutePath().getParent() != null) {
        Files.createDirectories(file.toAbsolutePath().getParent());
      }
      try (Writer out = Files.newBufferedWriter(file)) {
        XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
        write(xml);
        xml.close();
      }
    } catch (IOException | XMLStreamException e) {
      throw new InputException("cannot write '%s': %s".formatted(file, e), e);
    }
  }

  private void write(XMLStreamWriter xml) throws XMLStreamException {
    xml.writeStartDocument("UTF-8", "1.0");
    xml.writeStartElement("testsuites");
    for (Map.Entry<String, List<Check>> suite : suites.entrySet()) {
      List<Check> checks = suite.getValue();
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", "llamark." + suite.getKey());
      xml.writeAttribute("tests", String.valueOf(checks.size()));
      xml.writeAttribute("failures", count(checks.stream().filter(Check::failed).count()));
      xml.writeAttribute("errors", "0");
      xml.writeAttribute("skipped", count(checks.stream().filter(Check::skipped).count()));
      for (Check check : checks) {
        write(xml, suite.getKey(), check);
      }
      xml.writeEndElement();
    }
    xml.writeEndElement();
    xml.writeEndDocument();
  }

  private static String count(long n) {
    return String.valueOf(n);
  }

  private static void write(XMLStreamWriter xml, String suite, Check check)
      throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", "llamark." + suite);
    xml.writeAttribute("name", check.name());
    if (check.failed() || check.skipped()) {
      xml.writeStartElement(check.failed() ? "failure" : "skipped");
      xml.writeAttribute("message", check.reason());
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }
}
