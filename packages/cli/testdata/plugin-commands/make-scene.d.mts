export function makeScene(scene: object, place: string): void;
export function listPlugins(folder: string): readonly string[];
