import { Button, SegmentedControl } from '@mantine/core';
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Entity } from '../../api/wire.ts';
import { type CanvasEdge, type CanvasNode, GraphCanvas } from '../../ui/graph-canvas.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { NamedIcon } from '../../ui/icon.tsx';
import { blueprintsQuery } from '../api.ts';
import { filteredBy, relatedQuery, relationTitle } from './related-api.ts';
import classes from './related-tab.module.css';
import { nodeId, type Walk, type WalkedNode, walkRelated } from './walk-related.ts';

const PER_RELATION = 8;
const levelNames = ['1', '2', '3'];

/** An entity among what it is related to, in both directions, level by level. */
export function RelatedGraph({ entity, tall = true }: { readonly entity: Entity; readonly tall?: boolean }) {
  const { t } = useTranslation('entity');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { levels: shown } = useSearch({ strict: false }) as { readonly view?: string; readonly levels?: string };
  const navigate = useNavigate();
  const levels = levelNames.includes(shown ?? '') ? Number(shown) : 1;
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<string>();
  const walk = useWalk(entity, { levels, opened, closed });
  const chosen = walk.nodes.find(({ id }) => id === selected);
  const toggle = ({ id, expanded }: WalkedNode): void => {
    setOpened(withMember(opened, id, !expanded));
    setClosed(withMember(closed, id, expanded));
  };
  return (
    <div className={classes['graph']} data-fit={!tall || undefined}>
      <div className={classes['tools']}>
        {t('graph.levels')}
        <SegmentedControl
          size="xs"
          aria-label={t('graph.levels')}
          value={String(levels)}
          data={levelNames}
          onChange={(next) =>
            void navigate({
              to: '.',
              search: (old) => ({ ...old, levels: next === '1' ? '' : next }) as never,
              replace: true,
            })
          }
        />
        <span role="status">
          {t('graph.count', { count: walk.nodes.length })}
          {walk.cut && ` ${t('graph.cut')}`}
        </span>
      </div>
      <Chosen node={chosen} blueprints={blueprints} onToggle={toggle} />
      <GraphCanvas
        tall={tall}
        label={t('graph.label', { title: entity.title })}
        nodes={nodesOf(walk, blueprints)}
        edges={edgesOf(walk, blueprints)}
        selected={selected}
        onSelect={(id) => {
          const rest = walk.rests.find((one) => one.id === id);
          if (rest !== undefined && rest.group.direction === 'in')
            void navigate({
              to: '/catalog/$blueprint',
              params: { blueprint: rest.group.blueprint },
              search: { filter: filteredBy(rest.group, rest.of.split('\n')[1] ?? '') },
            });
          else setSelected(id);
        }}
      />
    </div>
  );
}

function withMember(set: ReadonlySet<string>, member: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (isIn) next.add(member);
  else next.delete(member);
  return next;
}

interface Shown {
  readonly levels: number;
  readonly opened: ReadonlySet<string>;
  readonly closed: ReadonlySet<string>;
}

/** Reads a level at a time: what is known says what has to be read next. */
function useWalk(entity: Entity, shown: Shown): Walk {
  const client = useQueryClient();
  const { identifier, title, blueprint, icon = null } = entity;
  const walk = walkRelated({
    root: { identifier, title, blueprint, icon },
    ...shown,
    groupsOf: (of, name) => client.getQueryData(relatedQuery(of, name, PER_RELATION).queryKey),
  });
  useQueries({ queries: walk.wanted.map((one) => relatedQuery(one.blueprint, one.identifier, PER_RELATION)) });
  return walk;
}

const blueprintOf = (blueprints: readonly Blueprint[], identifier: string): Blueprint | undefined =>
  blueprints.find((one) => one.identifier === identifier);

function nodesOf(walk: Walk, blueprints: readonly Blueprint[]): readonly CanvasNode[] {
  const entities = walk.nodes.map((node): CanvasNode => {
    const blueprint = blueprintOf(blueprints, node.blueprint);
    const title = node.title ?? node.identifier;
    return {
      id: node.id,
      width: 200,
      height: 48,
      label: `${title}, ${blueprint?.title ?? node.blueprint}`,
      content: (
        <div className={classes['node']} data-root={node.depth === 0 || undefined}>
          <NamedIcon name={node.icon ?? blueprint?.icon} size={18} />
          <span>
            <strong>{title}</strong>
            <small>{blueprint?.title ?? node.blueprint}</small>
          </span>
          {!node.expanded && <em aria-hidden>+</em>}
        </div>
      ),
    };
  });
  const rests = walk.rests.map((rest): CanvasNode => {
    const text = `+${rest.count} ${blueprintOf(blueprints, rest.group.blueprint)?.title ?? rest.group.blueprint}`;
    return { id: rest.id, width: 150, height: 32, label: text, content: <div className={classes['rest']}>{text}</div> };
  });
  return [...entities, ...rests];
}

function edgesOf(walk: Walk, blueprints: readonly Blueprint[]): readonly CanvasEdge[] {
  const titles = new Map(walk.nodes.map((node) => [node.id, node.title ?? node.identifier]));
  const drawn = walk.edges.map(({ id, from, to, relation, owner }): CanvasEdge => {
    const text = blueprintOf(blueprints, owner)?.relations[relation]?.title ?? relation;
    return { id, from, to, text, label: `${titles.get(from) ?? ''} – ${text} – ${titles.get(to) ?? ''}` };
  });
  const rests = walk.rests.map(({ id, of, group }): CanvasEdge => {
    const [from, to] = group.direction === 'out' ? [of, id] : [id, of];
    const text = relationTitle(blueprints, of.split('\n')[0] ?? '', group);
    return { id: `line ${id}`, from, to, text, label: text, soft: true };
  });
  return [...drawn, ...rests];
}

interface ChosenProps {
  readonly node: WalkedNode | undefined;
  readonly blueprints: readonly Blueprint[];
  readonly onToggle: (node: WalkedNode) => void;
}

/** What can be done with the box that was pressed. */
function Chosen({ node, blueprints, onToggle }: ChosenProps) {
  const { t } = useTranslation('entity');
  if (node === undefined) {
    return (
      <div className={classes['chosen']}>
        <p>{t('graph.hint')}</p>
      </div>
    );
  }
  const blueprint = blueprintOf(blueprints, node.blueprint);
  return (
    <div className={classes['chosen']} key={nodeId(node.blueprint, node.identifier)}>
      <span>
        <NamedIcon name={node.icon ?? blueprint?.icon} size={18} />
        <strong>{node.title ?? node.identifier}</strong>
        <Identifier value={node.identifier} />
      </span>
      <span>
        <Button size="xs" variant="default" onClick={() => onToggle(node)}>
          {t(node.expanded ? 'graph.collapse' : 'graph.expand')}
        </Button>
        <Button
          size="xs"
          component={Link}
          to="/catalog/$blueprint/$identifier"
          params={{ blueprint: node.blueprint, identifier: node.identifier } as never}
        >
          {t('graph.open')}
        </Button>
      </span>
    </div>
  );
}
