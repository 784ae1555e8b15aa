import { renameKey, type Fixer } from "./fixer.js";
import {
  buildersOf,
  hasPostProcessors,
  postProcessorsOf,
  provisionersOf,
  type DraftObject,
  type DraftValue,
} from "./template-draft.js";

function postProcessorsOfType(draft: DraftObject, type: string): readonly DraftObject[] {
  if (!hasPostProcessors(draft)) return [];
  return postProcessorsOf(draft).filter((one) => one.get("type") === type);
}

export const vagrantOverride: Fixer = {
  name: "pp-vagrant-override",
  synopsis: `Fixes provider-specific overrides for Vagrant post-processor`,
  fix(draft) {
    for (const vagrant of postProcessorsOfType(draft, "vagrant")) {
      const override: DraftObject = new Map();
      for (const name of ["aws", "digitalocean", "virtualbox", "vmware"]) {
        const value = vagrant.get(name);
        if (value === undefined) continue;
        override.set(name, value);
        vagrant.delete(name);
      }
      if (override.size > 0) vagrant.set("override", override);
    }
  },
};

export const manifestFilename: Fixer = {
  name: "manifest-filename",
  synopsis: `Updates "manifest" post-processor so any "filename" field is renamed to "output".`,
  fix(draft) {
    for (const manifest of postProcessorsOfType(draft, "manifest"))
      if (typeof manifest.get("filename") === "string") renameKey(manifest, "filename", "output");
  },
};

export const dockerEmail: Fixer = {
  name: "docker-email",
  synopsis: `Removes "login_email" from the Docker builder.`,
  fix(draft) {
    if (!hasPostProcessors(draft)) return;
    for (const one of [...buildersOf(draft), ...postProcessorsOf(draft)]) one.delete("login_email");
  },
};

export const dockerTagTags: Fixer = {
  name: "docker-tag-tags",
  synopsis: `Updates "docker" post-processor so any "tag" field is renamed to "tags".`,
  fix(draft) {
    for (const dockerTag of postProcessorsOfType(draft, "docker-tag")) {
      const tags = [...tagsOf(dockerTag.get("tag")), ...tagsOf(dockerTag.get("tags"))];
      dockerTag.delete("tag");
      dockerTag.set("tags", [...new Set(tags)]);
    }
  },
};

function tagsOf(value: DraftValue | undefined): readonly string[] {
  if (Array.isArray(value)) return value.filter((tag) => typeof tag === "string");
  return typeof value === "string" ? value.split(",").map((tag) => tag.trim()) : [];
}

export const powershellEscapes: Fixer = {
  name: "powershell-escapes",
  synopsis: `Removes PowerShell escapes from user env vars and elevated username and password strings`,
  fix(draft) {
    for (const provisioner of provisionersOf(draft)) {
      if (provisioner.get("type") !== "powershell") continue;
      const variables = provisioner.get("environment_vars");
      const isList = variables === undefined || variables === null || isTextList(variables);
      if (!isList) continue; // the reference leaves such a provisioner as it is
      for (const key of ["elevated_user", "elevated_password"]) {
        const value = provisioner.get(key);
        if (typeof value === "string") provisioner.set(key, unescape(value));
      }
      if (variables !== undefined) provisioner.set("environment_vars", (variables ?? []).map(unescape));
    }
  },
};

function isTextList(value: DraftValue): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function unescape(text: string): string {
  return text.replace(/`([$"`'])/g, "$1");
}

export const galaxyCommand: Fixer = {
  name: "galaxy-command",
  synopsis: `Replaces "galaxycommand" in ansible-local provisioner configs with "galaxy_command"`,
  fix(draft) {
    for (const provisioner of provisionersOf(draft)) {
      if (provisioner.get("type") !== "ansible-local") continue;
      if (provisioner.has("galaxy_command")) provisioner.delete("galaxycommand");
      else if (typeof provisioner.get("galaxycommand") === "string")
        renameKey(provisioner, "galaxycommand", "galaxy_command");
    }
  },
};
