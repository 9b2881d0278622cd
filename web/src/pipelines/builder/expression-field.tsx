import { Button } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './builder.module.css';
import { ExpressionTester } from './expression-tester.tsx';
import { ExpressionText, type ExpressionTextProps } from './expression-text.tsx';

/** A text that may speak of parameters and stages: it says what is there to speak of, and can be tried. */
export function ExpressionField({ scope, value, onChange, ...field }: ExpressionTextProps) {
  const { t } = useTranslation('pipelines');
  const [trying, setTrying] = useState(false);
  const hasExpression = value.trim() !== '' && (field.kind === 'program' || value.includes('{{'));
  return (
    <div className={classes['expression']}>
      <ExpressionText {...field} scope={scope} value={value} onChange={onChange} />
      {hasExpression && (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconFlask size={14} />}
          className={classes['try'] ?? ''}
          onClick={() => setTrying(true)}
        >
          {t('expression.try')}
        </Button>
      )}
      {trying && (
        <ExpressionTester
          scope={scope}
          kind={field.kind}
          value={value}
          onUse={(text) => {
            onChange(text);
            setTrying(false);
          }}
          onClose={() => setTrying(false)}
        />
      )}
    </div>
  );
}
