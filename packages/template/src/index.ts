export type {
  BuildDeclaration,
  ComponentBlock,
  DataSources,
  PostProcessorBlock,
  ProvisionerBlock,
  Template,
  TemplateWorld,
} from "./model.js";
