import type { NamedEntity, RelatedGroup } from './related-api.ts';

/** An entity of the picture. */
export interface WalkedNode extends NamedEntity {
  readonly id: string;
  readonly blueprint: string;
  readonly depth: number;
  readonly expanded: boolean;
}

/** What a relation holds beyond what is drawn. */
export interface WalkedRest {
  readonly id: string;
  readonly group: RelatedGroup;
  /** Whose relation it is. */
  readonly of: string;
  readonly count: number;
}

export interface WalkedEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly relation: string;
  /** The blueprint that defines the relation. */
  readonly owner: string;
}

export interface Walk {
  readonly nodes: readonly WalkedNode[];
  readonly rests: readonly WalkedRest[];
  readonly edges: readonly WalkedEdge[];
  /** Entities whose relations have to be known. */
  readonly wanted: readonly { readonly blueprint: string; readonly identifier: string }[];
  /** Whether there was more than may be drawn. */
  readonly cut: boolean;
}

interface WalkOptions {
  readonly root: NamedEntity & { readonly blueprint: string };
  /** How many steps from the root are shown by themselves. */
  readonly levels: number;
  readonly opened: ReadonlySet<string>;
  readonly closed: ReadonlySet<string>;
  /** What is known of an entity; undefined until it was read. */
  readonly groupsOf: (blueprint: string, identifier: string) => readonly RelatedGroup[] | undefined;
}

export const MOST_NODES = 120;
const MOST_READ = 60;

export const nodeId = (blueprint: string, identifier: string): string => `${blueprint}\n${identifier}`;

/** Which entities are drawn, level by level from the root, as far as they are known and as many as can be looked at. */
export function walkRelated({ root, levels, opened, closed, groupsOf }: WalkOptions): Walk {
  const nodes = new Map<string, WalkedNode>();
  const edges = new Map<string, WalkedEdge>();
  const rests: WalkedRest[] = [];
  const wanted: { blueprint: string; identifier: string }[] = [];
  let cut = false;
  const isOpen = (id: string, depth: number): boolean => opened.has(id) || (depth < levels && !closed.has(id));
  const add = (entity: NamedEntity & { readonly blueprint: string }, depth: number): string => {
    const id = nodeId(entity.blueprint, entity.identifier);
    if (!nodes.has(id)) nodes.set(id, { ...entity, id, depth, expanded: isOpen(id, depth) });
    return id;
  };
  const queue = [add(root, 0)];
  const reach = (entity: NamedEntity, blueprint: string, depth: number): string | undefined => {
    const id = nodeId(blueprint, entity.identifier);
    if (nodes.has(id)) return id;
    if (nodes.size >= MOST_NODES) {
      cut = true;
      return undefined;
    }
    queue.push(id);
    return add({ ...entity, blueprint }, depth);
  };
  const follow = (node: WalkedNode, group: RelatedGroup): void => {
    const { direction, relation, blueprint } = group;
    const owner = direction === 'out' ? node.blueprint : blueprint;
    for (const entity of group.entities) {
      const other = reach(entity, blueprint, node.depth + 1);
      if (other === undefined) continue;
      const [from, to] = direction === 'out' ? [node.id, other] : [other, node.id];
      const id = `${from}>${relation}>${to}`;
      edges.set(id, { id, from, to, relation, owner });
    }
    const count = group.count - group.entities.length;
    if (count > 0) rests.push({ id: `${node.id}>${direction}>${blueprint}>${relation}`, group, of: node.id, count });
  };
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const node = nodes.get(id);
    if (node === undefined || !node.expanded) continue;
    if (wanted.length >= MOST_READ) {
      cut = true;
      break;
    }
    wanted.push({ blueprint: node.blueprint, identifier: node.identifier });
    for (const group of groupsOf(node.blueprint, node.identifier) ?? []) follow(node, group);
  }
  return { nodes: [...nodes.values()], rests, edges: [...edges.values()], wanted, cut };
}
