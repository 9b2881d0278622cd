import { Button, Group, Modal, SegmentedControl, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeView } from './code-view.tsx';
import classes from './conflict-dialog.module.css';

/** A value that somebody else changed; contested when it was changed here too. */
export interface TheirValue {
  readonly key: string;
  readonly label: ReactNode;
  readonly before: unknown;
  readonly after: unknown;
  readonly contested: boolean;
}

type Word = 'title' | 'same' | 'theirs' | 'mine' | 'before' | 'nothing' | 'later' | 'takeAll' | 'save';

interface ConflictDialogProps {
  readonly lead: ReactNode;
  readonly changes: readonly TheirValue[];
  readonly words: Readonly<Record<Word, string>>;
  readonly onClose: () => void;
  /** Everything as they left it. */
  readonly onTakeAll: () => void;
  /** Saves what is here, with the named ones of their changes. */
  readonly onSave: (taken: readonly string[]) => void;
}

/** The words of an editor whose list keeps them under `conflict`. */
export const conflictWords = (word: (key: string) => string): ConflictDialogProps['words'] => ({
  title: word('conflict.title'),
  same: word('conflict.same'),
  theirs: word('conflict.theirs'),
  mine: word('conflict.mine'),
  before: word('conflict.before'),
  nothing: word('conflict.nothing'),
  later: word('conflict.later'),
  takeAll: word('conflict.takeAll'),
  save: word('conflict.save'),
});

/** Somebody else saved meanwhile: what they changed, one by one, to be taken or not. */
export function ConflictDialog({ lead, changes, words, onClose, onTakeAll, onSave }: ConflictDialogProps) {
  const { t } = useTranslation();
  const [decided, setDecided] = useState<Readonly<Record<string, string>>>({});
  const choiceOf = ({ key, contested }: TheirValue): string => decided[key] ?? (contested ? 'mine' : 'theirs');
  return (
    <Modal opened size={720} onClose={onClose} title={words.title} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack gap={16}>
        <p>{lead}</p>
        {changes.length === 0 && <p>{words.same}</p>}
        <ul className={classes['changes']}>
          {changes.map((change) => (
            <li key={change.key}>
              <div className={classes['head']}>
                <span>{change.label}</span>
                <SegmentedControl
                  size="xs"
                  aria-label={change.key}
                  value={choiceOf(change)}
                  data={(['theirs', 'mine'] as const).map((one) => ({ value: one, label: words[one] }))}
                  onChange={(next) => setDecided({ ...decided, [change.key]: next })}
                />
              </div>
              <div className={classes['values']}>
                <Value label={words.theirs} nothing={words.nothing} value={change.after} />
                <Value label={words.before} nothing={words.nothing} value={change.before} />
              </div>
            </li>
          ))}
        </ul>
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            {words.later}
          </Button>
          <Button variant="default" onClick={onTakeAll}>
            {words.takeAll}
          </Button>
          <Button
            onClick={() =>
              onSave(changes.filter((change) => choiceOf(change) === 'theirs').map((change) => change.key))
            }
          >
            {words.save}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

interface ValueProps {
  readonly label: string;
  readonly nothing: string;
  readonly value: unknown;
}

function Value({ label, nothing, value }: ValueProps) {
  return (
    <div>
      <small>{label}</small>
      {value === undefined ? <p>{nothing}</p> : <CodeView value={value} label={label} maxHeight={140} />}
    </div>
  );
}
