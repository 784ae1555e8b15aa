export const HELP = `Usage: ingot build [options] TEMPLATE

  Builds all images that the template describes, at the same time where the
  template and the options allow it. TEMPLATE is a file, or a folder whose
  *.pkr.hcl and *.pkr.json files are read together. Options must stand before it.

Options:

  -color=false                  No colours. Default: colours on a terminal.
  -debug                        One build at a time; wait for a key before each
                                provisioner.
  -except=foo,bar               Leave out these builds and post-processors.
                                Names may contain * and ?.
  -only=foo,bar                 Run only these builds.
  -force                        Let builders replace what exists already.
  -durations                    Tell in the end how long each step took.
                                Default: on a terminal.
  -fail-fast                    Cancel the other builds when one fails.
  -json                         Print what happens as JSON, one event a line
                                (docs/events.md), instead of text.
  -json-into=FILE               Write the events into a file and print text.
  -machine-readable             Print items that scripts can parse (Packer's
                                format) instead of text.
  -on-error=cleanup             What to do when a step fails: cleanup (default),
                                abort, ask, or run-cleanup-provisioner.
  -parallel-builds=0            How many builds may run at a time. 0: all.
  -timeout=90m                  Cancel the builds after this time. 0: never.
  -timestamp-ui                 Begin each message with the time.
  -var 'key=value'              Set a variable. May be repeated.
  -var-file=FILE                Set variables from a .pkrvars.hcl or .json file.
                                May be repeated.
  -warn-on-undeclared-var       Warn of values for variables that the template
                                doesn't declare.
  -config-type=hcl2             The language of a template whose name doesn't
                                tell it: hcl2 or json (default).
  -use-sequential-evaluation    Evaluate all data sources before all locals.
  -ignore-prerelease-plugins    Don't use plugins of pre-release versions.
  -skip-enforcement             Accepted for Packer's users. Ingot gets no
                                provisioners from elsewhere.

Examples:

  Build everything in the current folder:
    ingot build .

  Build two of the images, with a value for a variable:
    ingot build -only='oci.*,file.report' -var version=1.4 images.pkr.hcl

  Keep the failed machine and look at it:
    ingot build -on-error=abort images.pkr.hcl
`;
